import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/config.js';
import { type Inspected, inspectConfig } from '../config/inspect.js';
import { type ConfigProblem, formatProblem } from '../config/problems.js';
import { configWarnings } from '../config/warnings.js';
import { overridesOf } from './config-option.js';
import { fileFindings } from './doctor-files.js';
import { limitFindings } from './doctor-limits.js';
import {
  envoyFindings,
  milvusFindings,
  modelFindings,
  nodeFindings,
  portFindings,
} from './doctor-machine.js';
import { poolFindings } from './doctor-pools.js';
import { readEnvoyFile } from './envoy-file.js';
import { type Finding, findingsOf, tellFinding } from './finding.js';
import { CliError, FAILED, OK, type Output, USAGE } from './output.js';

export interface DoctorOptions {
  readonly config?: string;
  readonly set: readonly string[];
  /** The file that Envoy is started with, where it is not the rendered one. */
  readonly envoyConfig?: string;
  readonly envoy?: string;
  readonly json?: boolean;
}

const USUAL_CONFIG = 'sextant.yaml';

const config = findingsOf('config');
const failure = findingsOf('failure');

/** `sextant doctor`: looks at everything that may keep Sextant from serving as the config says, and changes nothing. */
export async function doctor(options: DoctorOptions, output: Output): Promise<number> {
  const envoyFile = options.envoyConfig === undefined ? undefined : readEnvoyFile(options.envoyConfig);
  const { read, findings: said } = readConfig(options);
  if (envoyFile !== undefined && options.config === undefined && read === undefined && said.length === 0)
    throw new CliError('--envoy-config is held against a config; name it by --config.', USAGE);
  const findings: Finding[] = [];
  const tell = (found: readonly Finding[]): void => {
    findings.push(...found);
    if (options.json !== true) for (const each of found) tellFinding(each, output);
  };
  tell(nodeFindings(process.versions.node));
  tell(said.length > 0 || read !== undefined ? said : [NO_CONFIG]);
  tell(await modelFindings(read?.encoder.path));
  tell(await envoyFindings(options.envoy, read));
  if (read !== undefined) {
    tell(await portFindings(read));
    tell(fileFindings(read));
    tell(await poolFindings(read));
    if (envoyFile !== undefined) tell(limitFindings(envoyFile, read));
    tell(await cacheFindings(read));
    tell(failureFindings(read));
  }
  return verdict(findings, options, output);
}

const NO_CONFIG = config.note(
  `there is no ${USUAL_CONFIG} here, so only this machine was looked at`,
  'name one by --config, or let `sextant init` write one',
);

function readConfig(options: DoctorOptions): { read: Config | undefined; findings: readonly Finding[] } {
  const file = options.config ?? (existsSync(USUAL_CONFIG) ? USUAL_CONFIG : undefined);
  if (file === undefined) return { read: undefined, findings: [] };
  const inspected = inspectConfig(resolve(file), overridesOf(options.set));
  if (!inspected.ok) return { read: undefined, findings: inspected.error.map(asProblem) };
  return { read: inspected.value.config, findings: policyFindings(file, inspected.value) };
}

function policyFindings(file: string, { config: read, faults, notes }: Inspected): readonly Finding[] {
  const findings = [
    ...faults.map(asProblem),
    ...notes.map((each) => config.note(formatProblem(each))),
    ...configWarnings(read).map((warning) => config.note(warning)),
  ];
  return faults.length > 0 ? findings : [config.good(`${file} is good`), ...findings];
}

function asProblem(each: ConfigProblem): Finding {
  return config.problem(formatProblem(each), 'correct it; `sextant check` says whether it is good then');
}

async function cacheFindings({ semanticCache }: Config): Promise<readonly Finding[]> {
  const { milvus, secretFile } = semanticCache;
  if (milvus === undefined) return [];
  const inEnvironment = (process.env['SEXTANT_CACHE_SECRET'] ?? '') !== '';
  return milvusFindings(milvus, { inEnvironment, file: secretFile });
}

/** Nothing is wrong with either; a person should know which it is before it happens. */
function failureFindings({ routes, observes, defaultModel }: Config): readonly Finding[] {
  if (observes) return [failure.note('mode: observe: nothing waits for Sextant, and nothing fails with it')];
  return routes.map(({ name, prefix, guarded }) =>
    failure.note(
      guarded
        ? `route ${name} (${prefix}) fails closed: without Sextant its clients get 503`
        : `route ${name} (${prefix}) fails open: without Sextant its requests go unread to the pool of ${defaultModel.name}`,
    ),
  );
}

function verdict(findings: readonly Finding[], { json }: DoctorOptions, output: Output): number {
  const count = (level: Finding['level']): number => findings.filter((each) => each.level === level).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (json === true) output.out(JSON.stringify({ good: problems === 0, problems, warnings, findings }));
  else
    output.out(
      `${problems} ${problems === 1 ? 'problem' : 'problems'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
    );
  return problems === 0 ? OK : FAILED;
}
