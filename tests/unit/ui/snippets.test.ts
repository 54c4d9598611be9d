import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import ts from 'typescript';
import { snippet } from '../../../ui/src/playground/snippets.js';

const PROMPT = `It's "quoted" \\ $HOME \`x\` ${'$'}{y}\nand ends €`;
const call = (stream: boolean) => ({ url: 'http://127.0.0.1:8801', model: 'auto', prompt: PROMPT, stream });

test.each([true, false])('the shell reads the prompt as it is (stream: %s)', (stream) => {
  const line = snippet('curl', call(stream)).replace(/^curl /, 'printf "%s\\n" ');
  const printed = execFileSync('sh', ['-c', line]).toString();
  const body = printed.slice(printed.indexOf('{"model"'));
  expect(JSON.parse(body)).toEqual({
    model: 'auto',
    stream,
    messages: [{ role: 'user', content: PROMPT }],
  });
});

test.each([true, false])('the programs are well formed (stream: %s)', (stream) => {
  const python = snippet('Python', call(stream));
  execFileSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: python });
  const { diagnostics } = ts.transpileModule(snippet('TypeScript', call(stream)), {
    reportDiagnostics: true,
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  expect(diagnostics).toEqual([]);
});
