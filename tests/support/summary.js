// Reads what jest wrote with --json: names every test that was left out, and counts the others. Usage: summary.js FILE
import { readFileSync } from 'node:fs';

const LEFT_OUT = new Set(['pending', 'skipped', 'todo', 'disabled']);

const [file = ''] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));
const leftOut = report.testResults
  .flatMap((suite) => suite.assertionResults)
  .filter((test) => LEFT_OUT.has(test.status));
for (const test of leftOut) process.stdout.write(`left out: ${test.fullName}\n`);
// A suite that does not even load has no tests to count, and must not look like success.
const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
process.stdout.write(`${report.numPassedTests} passed, ${failed} failed\n`);
