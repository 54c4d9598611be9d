import { openExplainer } from '../app.js';
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
  const before = await explainedBy(config, asked, options.set);
  if (diff === undefined) {
    output.out(json ? JSON.stringify(before) : explanationText(before));
    return OK;
  }
  const after = await explainedBy(diff, asked);
  const changes = differencesOf(before, after);
  output.out(json ? JSON.stringify({ changes, before, after }) : differenceText(changes));
  return OK;
}

const ONE_OF_BOTH =
  'A running Sextant explains by its own policy: leave out --config and --diff, or --admin.';

/** One after the other: two policies may name two encoders, and each fills the cores. */
async function explainedBy(
  file: string,
  { headers, ...asked }: AskedWhy,
  sets: readonly string[] = [],
): Promise<Explanation> {
  const config = openConfig(file, sets);
  return withClassifier(config.encoder.path, async (encoder) => {
    const { explain: why } = await openExplainer(config, encoder);
    const { tenantHeader } = config.identity;
    // Somebody asks: without a name the cache would have no part in it.
    const named = new Map([
      ['authorization', 'Bearer explain'],
      ...(tenantHeader === undefined ? [] : [[tenantHeader, 'explain'] as const]),
      ...headers,
    ]);
    return why({ ...asked, headers: named });
  });
}
