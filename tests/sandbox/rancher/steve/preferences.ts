import type { HttpAnswer } from '../../contracts.ts';
import { empty, json } from '../answers.ts';
import { fieldsOf } from '../values.ts';
import type { Fields } from '../values.ts';
import { steveHeaders } from './errors.ts';
import type { SteveCall } from './hooks.ts';
import { bodyOf } from './objects.ts';
import { steveUrl } from './schemas.ts';

/** What each user prefers; kept for as long as the sandbox runs. */
export class Preferences {
  private readonly byUser = new Map<string, Fields>();

  of(user: string): Fields {
    return this.byUser.get(user) ?? {};
  }

  set(user: string, data: Fields): void {
    this.byUser.set(user, data);
  }

  /** `/v1/userpreferences[/<user>]` */
  answer(call: SteveCall): HttpAnswer {
    const id = call.user.name;
    const self = steveUrl(call.base, 'userpreferences', id);
    const resource = (): Fields => ({ id, type: 'userpreference', links: { remove: self, self, update: self }, data: this.of(id) });

    switch (call.request.method) {
    case 'PUT':
      this.set(id, fieldsOf(bodyOf(call).data));

      return json(200, resource(), steveHeaders(call.base));
    case 'PATCH':
      this.set(id, { ...this.of(id), ...fieldsOf(bodyOf(call).data) });

      return json(200, resource(), steveHeaders(call.base));
    case 'DELETE':
      this.set(id, {});

      return empty(204, steveHeaders(call.base));
    default:
    }
    if (call.request.path.endsWith('userpreferences')) {
      return json(200, {
        type: 'collection', links: { self: steveUrl(call.base, 'userpreferences') }, actions: {}, resourceType: 'userpreference', data: [resource()]
      }, steveHeaders(call.base));
    }

    return json(200, resource(), steveHeaders(call.base));
  }
}
