// Publishes that a value is gone: node examples/z_delete.ts [KEY]
import { open } from 'zenode';

const [key = 'demo/example/zenode-put'] = process.argv.slice(2);

await using session = await open('tcp/localhost:7447');
await session.delete(key);
console.log(`deleted ${key}`);
