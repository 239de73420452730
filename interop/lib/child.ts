/*
 * A node of ours in a process of its own, which a test can kill.
 *   node child.ts '<configuration>'     prints its locators as JSON once it is open, and ends with its standard input
 */
import { open } from 'zenode';

const [, , config = '{}'] = process.argv;
const session = await open(JSON.parse(config) as Record<string, unknown>);
console.log(JSON.stringify((await session.info()).locators()));
process.stdin.resume().once('end', () => void session.close());
