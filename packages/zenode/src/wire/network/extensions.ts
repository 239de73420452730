import type { Reader } from '../../base/index.ts';
import { EXT_MORE, skipExtension } from '../core/extension.ts';
import { QOS_DEFAULT } from '../core/qos.ts';
import { EXT_TIMESTAMP, readExtTimestamp } from '../core/timestamp.ts';
import type { Timestamp } from '../core/timestamp.ts';

/** Priority, congestion control and express, on every network message. Reserved bits are passed on. */
export const EXT_QOS = 0x21;
/** Mandatory: from which node's tree a message comes, between routers. */
export const EXT_NODE_ID = 0x33;

/** The extensions that Declare, Interest, ResponseFinal and OAM know. */
export interface CommonExtensions {
  qos: number;
  timestamp: Timestamp | undefined;
  nodeId: number;
}

/** Reads a chain if there is one. @param nodeId whether the message knows the NodeId extension */
export function readCommonExtensions(r: Reader, more: boolean, nodeId: boolean, where: string): CommonExtensions {
  const exts: CommonExtensions = { qos: QOS_DEFAULT, timestamp: undefined, nodeId: 0 };
  while (more) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    const id = ext & ~EXT_MORE;
    if (id === EXT_QOS) exts.qos = r.z64() & 0xff;
    else if (id === EXT_TIMESTAMP) exts.timestamp = readExtTimestamp(r);
    else if (id === EXT_NODE_ID && nodeId) exts.nodeId = r.z16t();
    else skipExtension(r, ext, where);
  }
  return exts;
}
