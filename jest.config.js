import { availableParallelism } from 'node:os';

/** Jest runs TypeScript by swc, as ES modules. `tests/support/environment.cjs` says why it is needed. */
export default {
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: '<rootDir>/tests/support/environment.cjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // Only the bulk import of the Milvus SDK needs it, and jest cannot load what it requires.
    '^@shanghaikid/parquetjs$': '<rootDir>/tests/support/no-parquet.cjs',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  collectCoverageFrom: ['src/**/*.ts'],
  testTimeout: 20_000,
  // Jest would leave a core free, and run everything in one process where there are two. Many tests start an Envoy each.
  maxWorkers: Math.min(4, availableParallelism()),
  // Modules of tests that are over are never freed.
  workerIdleMemoryLimit: '1GB',
};
