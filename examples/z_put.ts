// Publishes one value: node examples/z_put.ts [KEY] [VALUE]
import { open } from 'zenode';

const [key = 'demo/example/zenode-put', value = 'Put from TypeScript!'] = process.argv.slice(2);

await using session = await open('tcp/localhost:7447');
await session.put(key, value);
console.log(`put ${key}: ${value}`);
