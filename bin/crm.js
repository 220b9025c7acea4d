#!/usr/bin/env node
'use strict';
// CommonJS (see package.json beside this file): Node starts it sooner than an ES module.
require('./loader/load.js').need('crm/bin');
