/** Choosing a port to listen on. */
import { createServer } from 'node:net';

const TRIES = 50;

/**
 * The wished port when it is free, else the next free one above it.
 * @param {number} wished
 * @param {(port: number) => Promise<boolean>} [isFree]
 */
export async function freePort(wished, isFree = canListen) {
  for (let port = wished; port < wished + TRIES && port < 65_536; port++) {
    if (await isFree(port)) {
      return port;
    }
  }
  throw new Error(`No free port from ${ wished } on. Choose another: PORT=9000 npm start`);
}

/**
 * @param {string | undefined} text  as given by PORT
 * @param {number} otherwise
 */
export function portFrom(text, otherwise) {
  if (!text) {
    return otherwise;
  }
  const port = Number(text);

  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`PORT is ${ text }, which is no port. It is a number from 1 to 65535.`);
  }

  return port;
}

/**
 * Ports of the loopback that are free now, each another one.
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  const probes = await Promise.all(Array.from({ length: count }, () => new Promise((/** @type {(server: import('node:net').Server) => void} */ resolve) => {
    const probe = createServer();

    probe.listen(0, '127.0.0.1', () => resolve(probe));
  })));
  const ports = probes.map((probe) => /** @type {import('node:net').AddressInfo} */ (probe.address()).port);

  await Promise.all(probes.map((probe) => new Promise((resolve) => probe.close(resolve))));

  return ports;
}

/** @param {number} port */
function canListen(port) {
  return new Promise((/** @type {(free: boolean) => void} */ resolve) => {
    const probe = createServer();

    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
