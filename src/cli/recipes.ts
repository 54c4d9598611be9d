import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { DEMO_QUESTIONS, type DemoQuestion } from './demo-questions.js';
import { CliError, USAGE } from './output.js';
import { packagePath } from './package-path.js';
import { readExamples } from './recipe-examples.js';

/** A ready policy, and what to ask it. */
export interface Recipe {
  readonly name: string;
  /** Path of its `sextant.yaml`. */
  readonly policy: string;
  readonly questions: readonly DemoQuestion[];
}

/** The recipe of the demonstration that names none. */
export const DEMO_RECIPE = 'demo';

const FOLDER = 'recipes';
const POLICY = 'sextant.yaml';
const EXAMPLES = 'examples.jsonl';

/**
 * Opens a recipe that ships with Sextant.
 *
 * @throws CliError when there is none of that name, or its examples are not well formed
 */
export function openRecipe(name: string): Recipe {
  // Only a name that was found in the folder becomes part of a path.
  const names = recipeNames();
  if (!names.includes(name)) {
    throw new CliError(`There is no recipe of this name. Choose one of: ${names.join(', ')}.`, USAGE);
  }
  const policy = packagePath(`${FOLDER}/${name}/${POLICY}`);
  if (name === DEMO_RECIPE) return { name, policy, questions: DEMO_QUESTIONS };
  const file = `${FOLDER}/${name}/${EXAMPLES}`;
  return { name, policy, questions: readExamples(readFileSync(packagePath(file), 'utf8'), file) };
}

/** Folders that hold a policy with its examples, and the demonstration, by name. */
export function recipeNames(): readonly string[] {
  return readdirSync(packagePath(FOLDER)).filter(
    (name) => name === DEMO_RECIPE || existsSync(packagePath(`${FOLDER}/${name}/${EXAMPLES}`)),
  );
}
