// Is alive on a key, and prints who else is: node examples/z_liveliness.ts [KEY]
import { open, SampleKind } from 'zenode';

const [key = 'group/zenode'] = process.argv.slice(2);

await using session = await open('tcp/localhost:7447');
const liveliness = session.liveliness();
await liveliness.declareToken(key);
await using subscriber = await liveliness.declareSubscriber('group/**', { history: true });

for await (const sample of subscriber) {
  console.log(`${sample.keyExpr()} is ${sample.kind() === SampleKind.PUT ? 'alive' : 'gone'}`);
}
