// TLS in front of a server on this machine, as a load balancer is: it prints its port.
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';

const { TLS_KEY, TLS_CERTIFICATE, PORT } = process.env;
const server = tls.createServer(
  { key: readFileSync(TLS_KEY), cert: readFileSync(TLS_CERTIFICATE), ALPNProtocols: ['http/1.1'] },
  (outside) => {
    const inside = net.connect(Number(PORT), '127.0.0.1');
    for (const [from, to] of [[outside, inside], [inside, outside]]) {
      from.on('error', () => to.destroy());
      from.pipe(to);
    }
  },
);
server.on('tlsClientError', () => {});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
