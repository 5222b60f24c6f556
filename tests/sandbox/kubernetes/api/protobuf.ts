import { unsupportedMediaType } from '../errors.ts';

export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** What stands before every object (apimachinery runtime/serializer/protobuf). */
const MAGIC = Buffer.from('k8s\0');

type Wire = Map<number, (Buffer | number)[]>;

/** A message's fields by number; only the two wire types that these messages use (protobuf.dev, «Encoding»). */
function fieldsIn(bytes: Buffer): Wire {
  const fields: Wire = new Map();
  let at = 0;
  const varint = (): number => {
    let value = 0;

    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at] ?? 0;

      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        return value;
      }
    }
  };

  while (at < bytes.length) {
    const tag = varint();
    const length = varint();
    const value = (tag & 7) === 2 ? bytes.subarray(at, at + length) : length;

    if ((tag & 7) !== 0 && (tag & 7) !== 2) {
      throw unsupportedMediaType(['application/json', 'application/yaml']);
    }
    at += typeof value === 'number' ? 0 : length;
    fields.set(tag >>> 3, [...fields.get(tag >>> 3) ?? [], value]);
  }

  return fields;
}

function message(fields: Wire, number: number): Wire | undefined {
  const value = fields.get(number)?.at(-1);

  return Buffer.isBuffer(value) ? fieldsIn(value) : undefined;
}

function text(fields: Wire | undefined, number: number): string | undefined {
  const value = fields?.get(number)?.at(-1);

  return Buffer.isBuffer(value) && value.length ? value.toString() : undefined;
}

/**
 * An object as kubectl and other Go clients send it: TokenRequest (`kubectl create token`), by the numbers of
 * k8s.io/api/authentication/v1/generated.proto. The sandbox reads no other kind that way, and says so with 415, which a real API server
 * answers for media that it cannot read.
 */
export function objectOfProtobuf(body: Buffer): object {
  const unknown = body.subarray(0, 4).equals(MAGIC) ? fieldsIn(body.subarray(4)) : new Map() as Wire;
  const meta = message(unknown, 1);
  const [apiVersion, kind] = [text(meta, 1), text(meta, 2)];
  const spec = message(message(unknown, 2) ?? new Map() as Wire, 2);
  const bound = spec && message(spec, 3);
  const seconds = spec?.get(4)?.at(-1);

  if (kind !== 'TokenRequest' || apiVersion !== 'authentication.k8s.io/v1') {
    throw unsupportedMediaType(['application/json', 'application/yaml']);
  }

  return {
    apiVersion,
    kind,
    spec: {
      audiences: (spec?.get(1) ?? []).map(String),
      ...typeof seconds === 'number' ? { expirationSeconds: seconds } : {},
      ...bound ? { boundObjectRef: { kind: text(bound, 1), apiVersion: text(bound, 2), name: text(bound, 3), uid: text(bound, 4) } } : {},
    },
  };
}
