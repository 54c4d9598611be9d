import { verifyModelFiles } from '../app.js';
import { FAILED, OK, type Output } from './output.js';

export interface ModelsVerifyOptions {
  readonly folder?: string;
  readonly json?: boolean;
}

/** `sextant models verify`: compares every model file with its sha256 in the manifest. */
export async function modelsVerify({ folder, json }: ModelsVerifyOptions, output: Output): Promise<number> {
  const verified = await verifyModelFiles(folder);
  if (json === true) {
    const problems = verified.ok ? [] : verified.error.map(({ message }) => message);
    const models = verified.ok ? verified.value.models : [];
    const told = models.map(({ name, licence, files }) => ({ name, licence, files }));
    output.out(JSON.stringify({ problems, models: told }));
    return verified.ok ? OK : FAILED;
  }
  if (!verified.ok) {
    for (const { message } of verified.error) output.err(message);
    return FAILED;
  }
  for (const { name, files, licence } of verified.value.models) {
    for (const { path, sha256 } of files) output.out(`${sha256}  ${path}  (${name}, ${licence})`);
  }
  return OK;
}
