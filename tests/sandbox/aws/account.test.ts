import { CreateRoleCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { it } from 'vitest';

it('is there', () => {
  void [CreateRoleCommand, GetRoleCommand, IAMClient];
});
