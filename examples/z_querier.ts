// Asks every second: node examples/z_querier.ts [KEY]
import { setTimeout } from 'node:timers/promises';
import { open } from 'zenode';

const [key = 'demo/example/**'] = process.argv.slice(2);

await using session = await open('tcp/localhost:7447');
await using querier = await session.declareQuerier(key);

for (let n = 0; ; n++) {
  console.log(`query ${n}`);
  for await (const reply of querier.query({ parameters: { n: String(n) } })) {
    const sample = reply.ok();
    if (sample !== undefined) console.log(`${sample.keyExpr()}: ${sample.payload()}`);
  }
  await setTimeout(1000);
}
