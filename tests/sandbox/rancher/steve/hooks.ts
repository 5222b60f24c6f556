import type { HttpAnswer, HttpRequest, KubeObject, KubeUser, ResourceType } from '../../contracts.ts';
import type { AccessSet } from '../access-set.ts';
import type { ManagedCluster } from '../clusters.ts';
import type { Fields } from '../values.ts';
import type { Decoration } from './resource.ts';
import type { SteveBase } from './schemas.ts';

/** One Steve request after it found its cluster and its asker. */
export interface SteveCall {
  request: HttpRequest;
  cluster: ManagedCluster;
  user: KubeUser;
  access: AccessSet;
  base: SteveBase;
}

/** A call about one object. */
export interface ObjectCall extends SteveCall {
  type: ResourceType;
  object: KubeObject;
}

/** What a type does beyond being stored; registered under its schema id by the room that owns it. */
export interface TypeHooks {
  /** Links, actions and relationships of an object. */
  decorate?: (call: Omit<ObjectCall, 'request'>) => Decoration | undefined;
  /** `?action=<name>` on an object. */
  actions?: Record<string, (call: ObjectCall, input: Fields) => HttpAnswer | Promise<HttpAnswer>>;
  /** `?link=<name>` on an object. */
  links?: Record<string, (call: ObjectCall) => HttpAnswer | Promise<HttpAnswer>>;
  /** Takes over POST on the collection. */
  create?: (call: SteveCall & { type: ResourceType }, input: Fields) => HttpAnswer | undefined;
  /** Rewrites one object's answer (e.g. decoded helm data). */
  show?: (call: ObjectCall, resource: Fields) => Fields;
}

export type HookTable = Map<string, TypeHooks>;
