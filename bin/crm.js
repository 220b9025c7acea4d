#!/usr/bin/env node
import module from 'node:module';

// Node 22 and later keep the compiled code between runs; on Node 20 the call does not exist.
module.enableCompileCache?.();
await import('../dist/crm.js');
