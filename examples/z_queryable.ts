// Answers queries: node examples/z_queryable.ts [KEY] [VALUE]
import { open } from 'zenode';

const [key = 'demo/example/zenode-queryable', value = 'Queryable from TypeScript!'] = process.argv.slice(2);

await using session = await open('tcp/localhost:7447');
await using queryable = await session.declareQueryable(key, { complete: true });
console.log(`answering on ${key}`);

for await (const query of queryable) {
  console.log(`asked for ${query.selector()}`);
  await query.reply(key, value);
  await query.finalize();
}
