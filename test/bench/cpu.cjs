/** Loaded before a program: says at its end, on stderr, how much CPU time it took, in ms. */
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  process.stderr.write(`\ncpu ${Math.round((user + system) / 1000)}\n`);
});
