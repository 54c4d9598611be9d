import { type Classifier, openExplainer } from '../app.js';
import type { Config } from '../config/config.js';
import type { AskedWhy } from '../exchange/explain.js';
import type { Explanation } from '../exchange/explanation/value.js';
import { adminClient } from './admin-client.js';
import { askedWhy } from './asked-why.js';
import { openConfig } from './config-option.js';
import { differencesOf, differenceText } from './explain-diff.js';
import { explanationText } from './explain-text.js';
import { CliError, OK, type Output, USAGE } from './output.js';
import { withClassifier } from './with-classifier.js';

export interface ExplainOptions {
  readonly file?: string;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly admin?: string;
  readonly tokenFile?: string;
  readonly diff?: string;
  readonly route?: string;
  readonly header?: readonly string[];
  readonly json?: boolean;
}

/** `sextant explain PROMPT`: why it goes where it goes, and with `--diff` where it would go by another policy. */
export async function explain(
  prompt: string | undefined,
  options: ExplainOptions,
  output: Output,
): Promise<number> {
  const asked = await askedWhy(prompt, options);
  const { config, admin, diff, json = false } = options;
  if (admin !== undefined) {
    if (config !== undefined || diff !== undefined) throw new CliError(ONE_OF_BOTH, USAGE);
    const { headers, ...rest } = asked;
    const answer = await adminClient(options).post('/explain', {
      ...rest,
      headers: Object.fromEntries(headers),
    });
    // The service is one of ours; a text of another version would fail below, and JSON is handed on as it is.
    output.out(json ? JSON.stringify(answer) : explanationText(answer as Explanation));
    return OK;
  }
  if (config === undefined)
    throw new CliError('Name a policy by --config, or a running Sextant by --admin.', USAGE);
  const policies = [openConfig(config, options.set), ...(diff === undefined ? [] : [openConfig(diff)])];
  const [before, after] = await explainedBy(policies, asked);
  if (before === undefined) throw new Error('there is a policy and no explanation by it');
  if (after === undefined) {
    output.out(json ? JSON.stringify(before) : explanationText(before));
    return OK;
  }
  const changes = differencesOf(before, after);
  output.out(json ? JSON.stringify({ changes, before, after }) : differenceText(changes));
  return OK;
}

const ONE_OF_BOTH =
  'A running Sextant explains by its own policy: leave out --config and --diff, or --admin.';

/** One after the other: two policies may name two encoders, and each fills the cores. */
async function explainedBy(policies: readonly Config[], asked: AskedWhy): Promise<readonly Explanation[]> {
  const [first] = policies;
  const same = policies.filter(({ encoder }) => encoder.path === first?.encoder.path);
  if (first === undefined) return [];
  const explained = await withClassifier(first.encoder.path, async (encoder) => {
    const all: Explanation[] = [];
    for (const policy of same) all.push(await explainedWith(encoder, policy, asked));
    return all;
  });
  return [...explained, ...(await explainedBy(policies.slice(same.length), asked))];
}

async function explainedWith(
  encoder: Classifier['encoder'],
  policy: Config,
  { headers, ...asked }: AskedWhy,
): Promise<Explanation> {
  const { explain: why } = await openExplainer(policy, encoder);
  const { tenantHeader } = policy.identity;
  // Somebody asks: without a name the cache would have no part in it.
  const named = new Map([
    ['authorization', 'Bearer explain'],
    ...(tenantHeader === undefined ? [] : [[tenantHeader, 'explain'] as const]),
    ...headers,
  ]);
  return why({ ...asked, headers: named });
}
