/** Loaded before a program: says at its end, on stderr, how much memory it took at most, in MB. */
process.on('exit', () => {
  process.stderr.write(`\npeak ${Math.round(process.resourceUsage().maxRSS / 1024)}`);
});
