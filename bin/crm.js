#!/usr/bin/env node
'use strict';
// CommonJS (see package.json beside this file): Node starts it sooner than an ES module.
require('../dist/load.cjs').need('crm/bin');
