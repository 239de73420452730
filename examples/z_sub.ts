// Prints what is published: node examples/z_sub.ts [KEY]
import { open, SampleKind } from 'zenode';

const [key = 'demo/example/**'] = process.argv.slice(2);

await using session = await open('tcp/localhost:7447');
await using subscriber = await session.declareSubscriber(key);
console.log(`subscribed to ${key}`);

for await (const sample of subscriber) {
  const value = sample.kind() === SampleKind.PUT ? `: ${sample.payload()}` : ' is deleted';
  console.log(`${sample.keyExpr()}${value}`);
}
