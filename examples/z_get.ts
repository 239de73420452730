// Asks, and prints the replies: node examples/z_get.ts [SELECTOR]
import { open } from 'zenode';

const [selector = 'demo/example/**'] = process.argv.slice(2);

await using session = await open('tcp/localhost:7447');
for await (const reply of session.query(selector)) {
  const sample = reply.ok();
  if (sample !== undefined) console.log(`${sample.keyExpr()}: ${sample.payload()}`);
  else console.log(`error: ${reply.err()?.payload()}`);
}
