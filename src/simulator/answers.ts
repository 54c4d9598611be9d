import { hash } from 'node:crypto';

/** What the simulators' written answers are about. The demo asks these questions. */
export const QUESTIONS = {
  article: 'What are the main renewable energy sources?',
  nonRenewable: 'What are the main non-renewable energy sources?',
  reasoning:
    'Prove step by step that the square root of 2 is irrational, and explain why the same argument fails for 4.',
  coding: 'Write a Python function that merges two sorted lists, with type hints and a unit test.',
} as const;

/**
 * The answer of a simulator: written for the questions above, otherwise made from the prompt's hash. The same question
 * to the same simulator always gets the same text, and every text says who made it and that it is simulated.
 */
export function answerText(options: {
  readonly simulator: string;
  readonly model: string;
  readonly question: string;
  readonly promptText: string;
  /** Said in the place of anything else. */
  readonly echo?: string | undefined;
}): string {
  const { simulator, model, question, promptText } = options;
  const label = `[simulated answer by ${simulator}]`;
  const written = options.echo ?? WRITTEN.get(question.trim());
  if (written !== undefined) return `${label} ${written}`;
  const digest = hash('sha256', promptText).slice(0, 12);
  return `${label} Model ${model} read ${promptText.length} characters (sha256 ${digest}) and has nothing else to say.`;
}

const RENEWABLE = `The main renewable energy sources are solar, wind, hydropower, biomass, geothermal and ocean energy. \
What they share is that nature refills them within a human lifetime, so using them today takes nothing from tomorrow.

1. Solar energy. Photovoltaic panels turn light straight into electricity, on roofs as well as in large parks. Mirrors can \
also gather sunlight to heat a fluid that drives a turbine, and simple collectors warm water for homes. It is cheap to \
build, quick to install, and gives nothing at night.

2. Wind energy. Turbines on land and at sea take energy from moving air. Wind is strongest in winter and at night in many \
places, so it fits well beside solar power. Its output changes with the weather.

3. Hydropower. Water that falls through a dam or runs through a river plant drives a generator. It is the largest renewable \
source of electricity in the world, and a reservoir can wait with its power until it is needed. New dams change rivers, \
so good sites are limited.

4. Biomass. Wood, crop residues, manure and waste can be burnt, or turned into biogas and liquid fuels. It works at any \
hour, but it is renewable only where what is cut grows back and where it does not crowd out food.

5. Geothermal energy. Hot rock and water under the ground give steam for power stations and steady heat for buildings. \
Output hardly changes through the year. Places with heat near the surface have a clear advantage.

6. Ocean energy. Tides, waves and differences in temperature hold a great deal of energy. Tides can be foretold for \
decades, yet the machines must stand salt and storms, so few plants exist so far.

Today hydropower, wind and solar carry most of the load, and the last two grow fastest because their cost has fallen so far. \
A reliable system mixes several sources, connects regions, and stores energy in batteries, pumped water or heat.`;

const NON_RENEWABLE = `The main non-renewable energy sources are coal, oil, natural gas and nuclear fuel. Coal, oil and gas \
formed over millions of years and release carbon dioxide when burnt; uranium is mined and does not, but its stock is finite too.`;

const REASONING = `Suppose sqrt(2) = a/b in lowest terms. Then a^2 = 2 b^2, so a^2 is even, hence a is even: a = 2k. \
Then 4k^2 = 2b^2, so b^2 = 2k^2 and b is even as well, against lowest terms. So sqrt(2) is irrational. For 4 the first step \
gives a^2 = 4 b^2, which only says that a is even; b may be odd (2/1), so no contradiction follows.`;

const CODING = `def merge(a: list[int], b: list[int]) -> list[int]:
    out: list[int] = []
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            out.append(a[i])
            i += 1
        else:
            out.append(b[j])
            j += 1
    return out + a[i:] + b[j:]


def test_merge() -> None:
    assert merge([1, 4], [2, 3]) == [1, 2, 3, 4]
    assert merge([], [1]) == [1]`;

const WRITTEN: ReadonlyMap<string, string> = new Map([
  [QUESTIONS.article, RENEWABLE],
  [QUESTIONS.nonRenewable, NON_RENEWABLE],
  [QUESTIONS.reasoning, REASONING],
  [QUESTIONS.coding, CODING],
]);
