import { useEffect, useRef, useState } from 'preact/hooks';
import type { Explanation } from '../../../src/exchange/explanation/value.js';
import { hostInUrl } from '../../../src/lib/url-host.js';
import { get, sentence } from '../api.js';
import { AnswerCard } from './answer.js';
import { type Answer, ask, explain, type Question } from './ask.js';
import { CacheCard } from './cache-card.js';
import { Form, type FormState } from './form.js';
import { READY } from './prompts.js';
import { SnippetCard } from './snippet-card.js';
import { WhyCard } from './why-card.js';

/** Sent where no key is typed: the pools of most tests ask for none, and the cache needs to know a caller. */
const NOBODY = 'playground';

/** As much of the policy as is of use here. */
interface Policy {
  readonly config: {
    readonly virtual_models?: readonly string[];
    readonly models: readonly { readonly name: string }[];
    readonly listen: { readonly address: string; readonly port: number };
    readonly admin?: { readonly gateway_url?: string };
  };
}

export function PlaygroundPage() {
  const [form, setForm] = useState<FormState>({
    prompt: READY[0]?.prompt ?? '',
    model: 'auto',
    stream: true,
    key: '',
  });
  const [answer, setAnswer] = useState<Answer>();
  const [why, setWhy] = useState<{ readonly explanation?: Explanation; readonly trouble?: string }>({});
  const running = useRef<AbortController>(undefined);
  const policy = usePolicy();
  const models = policy?.config.virtual_models ?? ['auto'];
  useEffect(() => () => running.current?.abort(), []);

  const question: Question = {
    ...form,
    model: models.includes(form.model) ? form.model : (models[0] ?? 'auto'),
    authorization: `Bearer ${form.key.trim() || NOBODY}`,
  };
  const start = (): void => {
    running.current?.abort();
    const begun = new AbortController();
    running.current = begun;
    const { signal } = begun;
    setWhy({});
    explain(question, signal).then(
      (explanation) => setWhy({ explanation }),
      (thrown) => signal.aborted || setWhy({ trouble: sentence(thrown) }),
    );
    void ask(question, signal, setAnswer);
  };
  const isRunning = answer?.state === 'waiting' || answer?.state === 'coming';
  return (
    <div class="playground">
      <section class="headline" aria-label="About this page">
        <h1>Playground</h1>
        <p>Ask through the gateway as any client would, and see why the answer comes from where it comes.</p>
      </section>
      <div class="halves">
        <Form form={form} models={models} isRunning={isRunning} onChange={setForm} onSend={start} />
        <AnswerCard
          answer={answer}
          explanation={why.explanation}
          pool={policy?.config.models.map(({ name }) => name) ?? []}
        />
      </div>
      {why.trouble !== undefined && <p class="trouble">{why.trouble}</p>}
      {why.explanation !== undefined && answer !== undefined && (
        <div class="halves">
          <WhyCard explanation={why.explanation} />
          <CacheCard explanation={why.explanation} answer={answer} />
        </div>
      )}
      <SnippetCard call={{ ...question, url: gatewayOf(policy) }} />
    </div>
  );
}

function usePolicy(): Policy | undefined {
  const [policy, setPolicy] = useState<Policy>();
  useEffect(() => {
    get<Policy>('config').then(setPolicy, () => undefined);
  }, []);
  return policy;
}

function gatewayOf(policy: Policy | undefined): string {
  if (policy === undefined) return 'http://127.0.0.1:8801';
  const { listen, admin } = policy.config;
  const host = listen.address === '0.0.0.0' || listen.address === '::' ? location.hostname : listen.address;
  return (admin?.gateway_url ?? `http://${hostInUrl(host)}:${listen.port}`).replace(/\/$/, '');
}
