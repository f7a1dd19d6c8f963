#!/usr/bin/env node
// Runs the binary of this platform, which npm installed as an optional dependency.
'use strict';
const { spawnSync } = require('node:child_process');

const name = `@fleetc/${process.platform}-${process.arch}`;
const program = process.platform === 'win32' ? 'fleetc.exe' : 'fleetc';
let binary;
try {
  binary = require.resolve(`${name}/bin/${program}`);
} catch {
  console.error(`error: fleetc has no package for this platform (${name})`);
  console.error('  = help: install without `--omit=optional`, or build it: https://github.com/fleetc/fleetc');
  process.exit(2);
}
const ended = spawnSync(binary, process.argv.slice(2), { stdio: 'inherit' });
if (ended.error) {
  console.error(`error: ${ended.error.message}`);
  process.exit(2);
}
if (ended.signal) process.kill(process.pid, ended.signal);
process.exit(ended.status ?? 2);
