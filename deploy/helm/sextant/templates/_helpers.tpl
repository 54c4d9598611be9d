{{- define "sextant.labels" -}}
app.kubernetes.io/name: sextant
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* What tells one Deployment's pods from another's: (list root component) */}}
{{- define "sextant.podLabels" -}}
app.kubernetes.io/name: sextant
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "sextant.front" -}}
{{ .Release.Name }}{{ if ne .Values.mode "sidecar" }}-envoy{{ end }}
{{- end }}

{{- define "sextant.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "sextant.extproc" -}}
{{- if eq .Values.mode "sidecar" -}}
{{ dict "socket" "/run/sextant/extproc.sock" | toJson }}
{{- else -}}
{{- $host := printf "%s-extproc" .Release.Name -}}
{{- $cert := "/run/secrets/sextant-tls/tls.crt" -}}
{{- $key := "/run/secrets/sextant-tls/tls.key" -}}
{{- $envoy := dict "certificate" $cert "key" $key "server_name" $host -}}
{{- $tls := dict "certificate" $cert "key" $key "client_ca" "/run/secrets/sextant-tls/ca.crt" "envoy" $envoy -}}
{{ dict "address" "0.0.0.0" "port" 9700 "endpoints" (list (printf "%s:9700" $host)) "tls" $tls | toJson }}
{{- end -}}
{{- end }}

{{- /* What has to hold in a pod, whatever the policy says of the place where it was written. */}}
{{- define "sextant.policyArgs" -}}
- --config
- /etc/sextant/sextant.yaml
- --set
- {{ printf "listen=%s" (dict "address" "0.0.0.0" "port" 8801 | toJson) | squote }}
- --set
- {{ printf "probe=%s" (dict "address" "0.0.0.0" "allow_remote" true "port" 9901 | toJson) | squote }}
- --set
- {{ printf "envoy_admin=%s" (dict "address" "127.0.0.1" "port" 9902 | toJson) | squote }}
- --set
- {{ printf "extproc=%s" (include "sextant.extproc" .) | squote }}
{{- if .Values.milvus.enabled }}
- --set
- semantic_cache.enabled=true
- --set
- semantic_cache.backend_type="milvus"
- --set
- semantic_cache.backend_config_path="milvus.yaml"
{{- end }}
{{- end }}

{{- define "sextant.container" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
envFrom:
  - secretRef:
      name: {{ .Values.secrets.env | default (printf "%s-env" .Release.Name) }}
      optional: true
{{- end }}

{{- define "sextant.own" -}}
image: {{ include "sextant.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{ include "sextant.container" . }}
{{- end }}

{{- define "sextant.drain" -}}
lifecycle:
  preStop:
    exec:
      command:
        - /nodejs/bin/node
        - /app/dist/cli.js
        - k8s
        - drain
        - --admin-port
        - "9902"
        - --after
        - {{ max 1 (min 5 (div (int .Values.drainSeconds) 3)) | quote }}
        - --within
        - {{ .Values.drainSeconds | quote }}
{{- end }}

{{- define "sextant.way" -}}
{{- if eq .Values.mode "sidecar" -}}
- { name: socket, mountPath: /run/sextant }
{{- else -}}
- { name: certificates, mountPath: /run/secrets/sextant-tls, readOnly: true }
{{- end -}}
{{- end }}

{{- define "sextant.render" -}}
name: render
{{ include "sextant.own" . }}
command: [/nodejs/bin/node, /app/dist/cli.js, envoy, render]
args:
  {{- include "sextant.policyArgs" . | nindent 2 }}
  - --out
  - /etc/envoy/envoy.yaml
volumeMounts:
  - { name: config, mountPath: /etc/sextant, readOnly: true }
  - { name: envoy, mountPath: /etc/envoy }
resources:
  requests: { cpu: 50m, memory: 128Mi }
  limits: { memory: 256Mi }
{{- end }}

{{- define "sextant.serve" -}}
name: sextant
{{ include "sextant.own" . }}
command: [/nodejs/bin/node, /app/dist/cli.js, serve]
args:
  {{- include "sextant.policyArgs" . | nindent 2 }}
ports:
  - { name: probe, containerPort: 9901 }
  {{- if ne .Values.mode "sidecar" }}
  - { name: extproc, containerPort: 9700 }
  {{- end }}
startupProbe:
  httpGet: { path: /readyz, port: probe }
  periodSeconds: 1
  failureThreshold: 120
readinessProbe:
  httpGet: { path: /readyz, port: probe }
  periodSeconds: 2
  failureThreshold: 2
livenessProbe:
  httpGet: { path: /healthz, port: probe }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
volumeMounts:
  - { name: config, mountPath: /etc/sextant, readOnly: true }
  {{- include "sextant.way" . | nindent 2 }}
  - { name: data, mountPath: /var/lib/sextant }
resources:
  {{- toYaml .Values.resources | nindent 2 }}
{{- end }}

{{- define "sextant.envoy" -}}
name: envoy
image: {{ .Values.envoy.image }}
{{ include "sextant.container" . }}
command: [envoy]
args:
  - -c
  - /etc/envoy/envoy.yaml
  - --log-level
  - warning
  - --disable-hot-restart
  - --concurrency
  - {{ .Values.envoy.concurrency | quote }}
  - --drain-strategy
  - immediate
  - --drain-time-s
  - {{ .Values.drainSeconds | quote }}
ports:
  - { name: http, containerPort: 8801 }
readinessProbe:
  tcpSocket: { port: http }
  periodSeconds: 2
  failureThreshold: 2
lifecycle:
  preStop:
    sleep: { seconds: {{ .Values.drainSeconds }} }
volumeMounts:
  - { name: envoy, mountPath: /etc/envoy, readOnly: true }
  {{- include "sextant.way" . | nindent 2 }}
resources:
  {{- toYaml .Values.envoy.resources | nindent 2 }}
{{- end }}

{{- /* What every pod has: (list root component graceSeconds) */}}
{{- define "sextant.podSpec" -}}
{{- $root := index . 0 -}}
serviceAccountName: {{ $root.Release.Name }}
automountServiceAccountToken: false
terminationGracePeriodSeconds: {{ index . 2 }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: { type: RuntimeDefault }
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "sextant.podLabels" (list $root (index . 1)) | nindent 8 }}
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* Another name for every change: new pods come for it, and those that run keep the policy that their Envoy knows. */}}
{{- define "sextant.configName" -}}
{{ .Release.Name }}-config-{{ list .Values.config .Values.files .Values.milvus | toJson | sha256sum | trunc 8 }}
{{- end }}

{{- define "sextant.configVolume" -}}
name: config
configMap:
  name: {{ include "sextant.configName" . }}
  items:
    - { key: sextant.yaml, path: sextant.yaml }
    {{- range $path, $_ := .Values.files }}
    - { key: {{ $path | replace "/" "__" }}, path: {{ $path }} }
    {{- end }}
    {{- if .Values.milvus.enabled }}
    - { key: milvus.yaml, path: milvus.yaml }
    {{- end }}
{{- end }}

{{- /* Deployment without its pods' spec: (list root component checksum) */}}
{{- define "sextant.deploymentHead" -}}
{{- $root := index . 0 -}}
{{- if not $root.Values.autoscaling.enabled }}
replicas: {{ $root.Values.replicas }}
{{- end }}
strategy:
  type: RollingUpdate
  rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
selector:
  matchLabels:
    {{- include "sextant.podLabels" (list $root (index . 1)) | nindent 4 }}
{{- end }}

{{- define "sextant.podMetadata" -}}
{{- $root := index . 0 -}}
labels:
  {{- include "sextant.podLabels" (list $root (index . 1)) | nindent 2 }}
  {{- with $root.Values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with $root.Values.podAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
