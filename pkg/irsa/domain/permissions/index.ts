export type { PermissionDocument, PermissionStatement } from './document';
export { lintPermissions, PERMISSION_FINDINGS, type PermissionContext, type PermissionCode } from './lint';
export { parsePermissions } from './parse';
export { inlineSize, permissionsSize } from './size';
export { allows, type Allowance } from './allows';
