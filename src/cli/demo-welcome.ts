import { CACHE, DECISION, MODEL } from '../exchange/headers.js';
import { QUESTIONS } from '../simulator/answers.js';
import { type DemoQuestion, REWORDED, requestOf } from './demo-questions.js';
import type { DemoStack } from './demo-stack.js';
import { DEMO_RECIPE, type Recipe } from './recipes.js';

/** What can be tried: a sentence, and the question that it is about. */
type Trial = readonly [what: string, question: Pick<DemoQuestion, 'prompt' | 'request'>];

/** Lines for a person: where everything is, and what to try. */
export function welcome(stack: DemoStack, recipe: Recipe): readonly string[] {
  const { url, adminUrl, simulators, config } = stack;
  const pools = simulators.map(({ name, url: address }) => {
    const model = config.models.find((card) => card.name === name);
    const card =
      model === undefined
        ? ''
        : ` ${model.parametersB} B parameters, ${model.price.output} USD per million tokens`;
    return `  ${name.padEnd(16)} ${address} ${card}`;
  });
  const trials = recipe.name === DEMO_RECIPE ? ARTICLE : trialsOf(recipe);
  return [
    '',
    `Envoy answers at ${url} (OpenAI API, model "auto").`,
    `The dashboard, with a playground: ${adminUrl}/`,
    `Sextant's health and metrics: ${adminUrl}/readyz, ${adminUrl}/metrics`,
    'Upstream simulators (no model runs here; every answer says so):',
    ...pools,
    '',
    ...trials.flatMap(([what, question]) => [what, curl(url, question), '']),
    'Ctrl-C stops everything.',
  ];
}

const ARTICLE: readonly Trial[] = [
  [
    `An easy question goes to the small model: about 16 s the first time, at once the second time (${CACHE} says so).`,
    { prompt: QUESTIONS.article },
  ],
  [
    'The same question in other words: once it has been answered above, the semantic cache answers this one.',
    { prompt: REWORDED },
  ],
  [
    `A coding question goes to the coder: the answer's header ${MODEL} says which model, ${DECISION} why.`,
    { prompt: QUESTIONS.coding },
  ],
];

/** The first question that each model answers, and the first that no model needs to. */
function trialsOf({ questions }: Recipe): readonly Trial[] {
  const seen = new Set<string>();
  return questions.flatMap((question): Trial[] => {
    const { model = 'nobody', cache } = question.expected;
    const key = cache === 'hit-semantic' ? cache : model;
    if (seen.has(key) || cache === 'hit-exact') return [];
    seen.add(key);
    return [[`${question.shows} (${key}):`, question]];
  });
}

function curl(url: string, question: Trial[1]): string {
  const { headers, body } = requestOf(question);
  const named = Object.entries(headers).map(([name, value]) => `-H '${titled(name)}: ${value}'`);
  const data = JSON.stringify(body).replaceAll("'", "'\\''");
  return `  curl -i ${url}/v1/chat/completions ${named.join(' ')} -d '${data}'`;
}

/** As people write header names. */
function titled(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());
}
