#!/usr/bin/env node
import { main } from './cli/main.js';
import { terminal } from './cli/output.js';

// Whoever reads our output may stop early, as `head` does; that is their right and no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await main(process.argv.slice(2), terminal);
