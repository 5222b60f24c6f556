import { text } from '../domain/text';
import { chartPreset, namespaceOverride } from './chart';
import { choice, keys, named, region } from './fields';
import { allow, arn, keyStatement, policyOf } from './policy';
import { namePrefixProblem } from './validators';

/** External Secrets Operator: values of Secrets Manager or Parameter Store as Kubernetes secrets. */
export const externalSecrets = chartPreset({
  id:         'external-secrets',
  title:      text('irsa.preset.externalSecrets.title'),
  summary:    text('irsa.preset.externalSecrets.summary'),
  icon:       'icon-lock',
  origin:     'upstream',
  services:   ['Secrets Manager', 'Systems Manager Parameter Store', 'KMS'],
  chart:      { name: 'external-secrets', namespace: 'external-secrets', release: 'external-secrets' },
  // external-secrets a7a074dd (2020-12-22), templates/serviceaccount.yaml: its first commit; the first version that was published is helm-chart-0.1.1
  since:      '0.1.1',
  elsewhere:  namespaceOverride,
  at:         'serviceAccount',
  parameters: [
    choice('store', text('irsa.preset.externalSecrets.storeLabel'), text('irsa.preset.externalSecrets.storeHelp'), [
      { value: 'secretsmanager', label: text('irsa.preset.externalSecrets.secretsManager') },
      { value: 'ssm', label: text('irsa.preset.externalSecrets.parameterStore') },
    ]),
    named('prefix', text('irsa.preset.externalSecrets.prefixLabel'), text('irsa.preset.externalSecrets.prefixHelp'), 'prod/', namePrefixProblem),
    choice('find', text('irsa.preset.externalSecrets.findLabel'), text('irsa.preset.externalSecrets.findHelp'), [
      { value: 'no', label: text('irsa.preset.externalSecrets.findNo') },
      { value: 'yes', label: text('irsa.preset.externalSecrets.findYes') },
    ]),
    keys(),
    region(),
  ],
  policyName: 'read-secrets',

  policy(facts) {
    const { prefix = '', find, store } = facts;

    return store === 'ssm' ? policyOf(
      allow('Parameters', 'ssm GetParameter GetParameters GetParametersByPath', arn(facts, 'ssm', `parameter/${ prefix.replace(/^\//, '') }*`)),
      find === 'yes' && allow('Find', 'ssm DescribeParameters', '*'),
      keyStatement(facts, 'Decrypt'),
    ) : policyOf(
      allow('Secrets', 'secretsmanager GetSecretValue DescribeSecret GetResourcePolicy ListSecretVersionIds', arn(facts, 'secretsmanager', `secret:${ prefix }*`)),
      find === 'yes' && allow('Find', 'secretsmanager ListSecrets BatchGetSecretValue', '*'),
      keyStatement(facts, 'Decrypt'),
    );
  },

  allows:  ({ prefix = '', store, region: where }) => store === 'ssm' ? text('irsa.preset.externalSecrets.allowsParameters', { prefix, region: where }) : text('irsa.preset.externalSecrets.allowsSecrets', { prefix, region: where }),
  restart: [{ kind: 'Deployment', name: 'external-secrets' }],
  caveats: [text('irsa.preset.externalSecrets.caveatStore'), text('irsa.preset.externalSecrets.caveatOwnAccount')],
});
