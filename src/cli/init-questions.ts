import { confirm, intro, isCancel, outro, text } from '@clack/prompts';
import { parseBackend } from './backend.js';
import { CliError } from './output.js';

/** Whether the file may be replaced. */
export async function mayReplace(file: string): Promise<boolean> {
  const answer = await confirm({ message: `${file} is there already. Replace it?`, initialValue: false });
  return answer === true;
}

/**
 * The servers that a person names, one after the other; at least one.
 *
 * @throws CliError when they do not want to go on
 */
export async function askBackends(): Promise<readonly string[]> {
  intro('Sextant asks each of your servers which models it serves, and writes a sextant.yaml.');
  const backends: string[] = [];
  for (;;) {
    const isFirst = backends.length === 0;
    const answer = await text({
      message: isFirst ? 'Where does a server of models answer?' : 'Where does another one answer?',
      placeholder: isFirst ? 'http://127.0.0.1:8000' : 'nothing more: Enter',
      validate: (said) => problemOf(said ?? '', isFirst),
    });
    if (isCancel(answer)) throw new CliError('Nothing was written.');
    // Enter alone gives nothing at all.
    const said = (answer ?? '').trim();
    if (said === '') break;
    backends.push(said);
  }
  outro(`asking ${backends.length === 1 ? 'it' : 'them'} …`);
  return backends;
}

function problemOf(said: string, isFirst: boolean): string | undefined {
  if (said.trim() === '') return isFirst ? 'Name one, as in http://127.0.0.1:8000.' : undefined;
  const backend = parseBackend(said);
  return typeof backend === 'string' ? `This ${backend}.` : undefined;
}
