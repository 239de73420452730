import { open } from 'zenode';

const session = await open('tcp/localhost:7447');

const subscriber = await session.declareSubscriber('demo/**');
await session.put('demo/room/temperature', '22.0');
for await (const sample of subscriber) {
  console.log(`${sample.keyExpr()} is now ${sample.payload()}`);
  break;
}

for await (const reply of session.query('demo/room/light')) {
  console.log(`${reply.ok()?.keyExpr()} is ${reply.ok()?.payload()}`);
}

await session.close();
