'use strict';
// Hands out what a chunk exports before the chunk has run. A command reads few of its imports: of half of the chunks that
// it imports it calls nothing. This is what `import defer` will do in JavaScript one day.

/**
 * Returns a function from the name of a chunk to an object that stands in for its exports. `need` is called for the chunk
 * when one of them is first read.
 */
function standingInFor(need) {
  const standIns = new Map();
  const nameOf = new Map();
  const firstRead = new Proxy(Object.create(null), {
    get(_, key, standIn) {
      const exports = need(nameOf.get(standIn));
      // An object like any other from now on, which V8 reads without asking us.
      Object.setPrototypeOf(standIn, null);
      Object.assign(standIn, exports);
      return exports[key];
    },
  });
  return name => {
    let standIn = standIns.get(name);
    if (standIn === undefined) {
      standIn = Object.create(firstRead);
      standIns.set(name, standIn);
      nameOf.set(standIn, name);
    }
    return standIn;
  };
}

module.exports = { standingInFor };
