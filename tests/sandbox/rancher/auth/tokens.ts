import { randomBytes } from 'node:crypto';
import { randomName, timestamp } from '../values.ts';

/** A session or an API key. */
export interface Token {
  id: string;
  secret: string;
  userId: string;
  description: string;
  created: string;
  expiresAt: string;
  /** Made by logging in, as opposed to an API key. */
  session: boolean;
}

const SESSION_HOURS = 16;

/** Who is logged in, and which API keys there are. */
export class Tokens {
  private readonly byId = new Map<string, Token>();

  create(userId: string, options: { session: boolean; description?: string }): Token {
    const now = Date.now();
    const token: Token = {
      id:          `token-${ randomName() }`,
      secret:      randomBytes(27).toString('hex'),
      userId,
      description: options.description ?? '',
      created:     timestamp(new Date(now)),
      expiresAt:   timestamp(new Date(now + SESSION_HOURS * 3600_000)),
      session:     options.session,
    };

    this.byId.set(token.id, token);

    return token;
  }

  /** The token `id:secret` stands for, if it is valid. */
  find(text: string): Token | undefined {
    const [id = '', secret = ''] = text.split(':');
    const token = this.byId.get(id);

    return token && token.secret === secret && Date.parse(token.expiresAt) > Date.now() ? token : undefined;
  }

  ofUser(userId: string): Token[] {
    return [...this.byId.values()].filter((token) => token.userId === userId);
  }

  remove(id: string): void {
    this.byId.delete(id);
  }
}
