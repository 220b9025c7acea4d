#!/usr/bin/env node
'use strict';
// CommonJS (see package.json beside this file): Node starts it sooner than an ES module.

// Node 22 and later keep the compiled code between runs; on Node 20 there is no such call.
require('node:module').enableCompileCache?.();
require('../dist/crm.cjs');
