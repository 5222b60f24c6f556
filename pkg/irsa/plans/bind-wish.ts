import type { ObservedBinding, ObservedRole, Text } from '../domain/facts';
import type { ObservedBackupBucket } from '../domain/issuer/hosting';
import type { Preset } from '../presets/preset';

/** What the role may do. */
export type WishedPermissions =
  | { kind: 'preset'; preset: Preset; parameters: Record<string, string> }
  /** One inline policy, the admin's own or made from what is moved: its name and its JSON text. */
  | { kind: 'policy'; name: string; json: string; /** What it allows, where nobody wrote it. */ allows?: Text }
  /** Leave the role's permissions as they are. */
  | { kind: 'none' };

/** The role the service account shall assume. */
export type WishedRole =
  /**
   * Make one. `path` defaults to ROLE_PATH (`/rancher-irsa/`). `found`: what IAM already has under this name, when it was looked
   * up; a role made for this very binding is gone on with, anything else asks for consent. Not looked up: CreateRole decides.
   */
  | { kind: 'new'; name: string; path?: string; permissionsBoundary?: string; found?: ObservedRole | null }
  /** Use one that is there. */
  | { kind: 'existing'; role: ObservedRole };

/** What a person asks for in the bind wizard. */
export interface BindWish {
  /**
   * The service account as observed just now, with its owner, workloads and pods; `account.exists` may be false. Its `role` is the
   * one it has today and may differ from the wished one.
   */
  target: ObservedBinding;
  permissions: WishedPermissions;
  role: WishedRole;
  /** Default `sts.amazonaws.com`, in every partition. */
  audience?: string;
  /** AWS region of the workload's resources; for the preset's policy and values, and for STS when no host was observed. */
  region: string;
  /** Accounts that do the same work and get the same role, as observed just now. */
  beside?: ObservedBinding[];
  /** Remove the role's policies that the ones of single places make superfluous. */
  tidies?: boolean;
  /** A bucket that is to be made with the role, where a chart is about to be installed. */
  bucket?: ObservedBackupBucket;
  /**
   * What to do when the account does not exist yet: make it (annotated), or leave it to whoever will (a chart to be installed).
   * Default: `leave` for a preset's account, else `create`.
   */
  missingAccount?: 'create' | 'leave';
}
