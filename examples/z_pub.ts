// Publishes a value every second: node examples/z_pub.ts [KEY] [VALUE]
import { setTimeout } from 'node:timers/promises';
import { open } from 'zenode';

const [key = 'demo/example/zenode-pub', value = 'Pub from TypeScript!'] = process.argv.slice(2);

await using session = await open('tcp/localhost:7447');
await using publisher = await session.declarePublisher(key);

for (let n = 0; ; n++) {
  console.log(`publishing on ${key}: [${n}] ${value}`);
  await publisher.put(`[${n}] ${value}`);
  await setTimeout(1000);
}
