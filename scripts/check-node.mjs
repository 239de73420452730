// Says clearly when another Node than a supported one runs. Plain old syntax: it has to run on the wrong one.
const wanted = 22;
const major = Number(process.versions.node.split('.')[0]);

if (major < wanted) {
  console.error(
    [
      `This is Node ${process.versions.node} (${process.execPath}), and Zenode needs Node ${wanted} or newer.`,
      'The repository brings its own: after `npm ci`, everything started by `npm run` and `npx` finds it first.',
      'If it is missing, its install script was not run: `npm ci --ignore-scripts=false`, or `npm rebuild node`.',
    ].join('\n'),
  );
  process.exit(1);
}
console.log(`Node ${process.versions.node}`);
