/** The part of a websocket that the API's streams use; `ws`' WebSocket fits it. */
export interface Socket {
  send(text: string): void;
  close(): void;
  on(event: 'message', listener: (data: { toString(): string }) => void): void;
  on(event: 'close', listener: () => void): void;
}

/** Sends `ping` frames as Rancher does and ends with the socket. */
export function keepAlive(socket: Socket, frame: () => object, every = 5000): void {
  const timer = setInterval(() => socket.send(JSON.stringify(frame())), every);

  timer.unref();
  socket.on('close', () => clearInterval(timer));
}
