import { verifyModelFiles } from '../app.js';
import { FAILED, OK, type Output } from './output.js';

/** `sextant models verify`: compares every model file with its sha256 in the manifest. */
export async function modelsVerify(folder: string | undefined, output: Output): Promise<number> {
  const verified = await verifyModelFiles(folder);
  if (!verified.ok) {
    for (const { message } of verified.error) output.err(message);
    return FAILED;
  }
  for (const { name, files, licence } of verified.value.models) {
    for (const { path, sha256 } of files) output.out(`${sha256}  ${path}  (${name}, ${licence})`);
  }
  return OK;
}
