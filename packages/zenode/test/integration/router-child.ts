/* A router on the endpoint of the first argument. Says where it can be reached. */
import { open } from '../../src/entry/node.ts';

const session = await open({
  mode: 'router',
  listen: { endpoints: [process.argv[2]] },
  scouting: { delay: 0, multicast: { enabled: false } },
});
process.send!({ locator: (await session.info()).locators()[0] });
