import { text } from '../domain/text';
import { chartPreset } from './chart';
import { region } from './fields';
import { allow, arn, policyOf } from './policy';
import type { PolicyDocument, PolicyFacts } from './preset';

const TAG = 'elbv2.k8s.aws/cluster';
const requested = { [`aws:RequestTag/${ TAG }`]: 'false' };
const owned = { [`aws:ResourceTag/${ TAG }`]: 'false' };

/** The AWS Load Balancer Controller: load balancers for services and ingresses. */
export const awsLoadBalancerController = chartPreset({
  id:         'aws-load-balancer-controller',
  title:      text('irsa.preset.loadBalancer.title'),
  summary:    text('irsa.preset.loadBalancer.summary'),
  icon:       'icon-fork',
  origin:     'upstream',
  services:   ['Elastic Load Balancing', 'EC2', 'ACM', 'WAF', 'Shield', 'Cognito'],
  chart:      { name: 'aws-load-balancer-controller', namespace: 'kube-system', release: 'aws-load-balancer-controller' },
  // aws/eks-charts 862d338 (2020-09-22), templates/serviceaccount.yaml: the first version of this name, and it has it
  since:      '0.1.0',
  at:         'serviceAccount',
  parameters: [region(text('irsa.preset.loadBalancer.regionHelp'))],
  policyName: 'load-balancers',
  policy:     controllerPolicy,
  allows:     ({ region: where }) => text('irsa.preset.loadBalancer.allows', { region: where }),
  restart:    [{ kind: 'Deployment', name: 'aws-load-balancer-controller' }],
  caveats:    [text('irsa.preset.loadBalancer.caveatRegion'), text('irsa.preset.loadBalancer.caveatNodes')],
});

/** A tag condition of `Null: false` says that the tag is there: what the controller made carries it. */
function controllerPolicy(facts: PolicyFacts): PolicyDocument {
  const elb = (...resources: string[]) => resources.map((resource) => arn(facts, 'elasticloadbalancing', resource));
  const groups = arn(facts, 'ec2', 'security-group/*');
  const balancers = elb('loadbalancer/net/*/*', 'loadbalancer/app/*/*');
  const targets = elb('targetgroup/*/*');
  const listeners = elb('listener/net/*/*/*', 'listener/app/*/*/*');
  const rules = elb('listener-rule/net/*/*/*', 'listener-rule/app/*/*/*');

  return policyOf(
    // The service's own principal is the same in every partition (iam_policy_cn.json).
    allow('LinkedRole', 'iam CreateServiceLinkedRole', `arn:${ facts.partition }:iam::${ facts.accountId ?? '*' }:role/aws-service-role/elasticloadbalancing.amazonaws.com/*`, { StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' } }),
    allow('Look', 'ec2 DescribeAccountAttributes DescribeAddresses DescribeAvailabilityZones DescribeInternetGateways DescribeVpcs DescribeVpcPeeringConnections DescribeSubnets DescribeSecurityGroups DescribeInstances DescribeNetworkInterfaces DescribeTags DescribeCoipPools DescribeIpamPools DescribeRouteTables, elasticloadbalancing DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeListeners DescribeListenerCertificates DescribeListenerAttributes DescribeSSLPolicies DescribeRules DescribeTargetGroups DescribeTargetGroupAttributes DescribeTargetHealth DescribeTags DescribeTrustStores DescribeCapacityReservation, acm ListCertificates, iam ListServerCertificates, shield GetSubscriptionState', '*'),
    allow('LookInto', 'ec2 GetCoipPoolUsage GetSecurityGroupsForVpc, acm DescribeCertificate, cognito-idp DescribeUserPoolClient', [arn(facts, 'ec2', 'coip-pool/*'), arn(facts, 'ec2', 'vpc/*'), arn(facts, 'acm', 'certificate/*'), arn(facts, 'cognito-idp', 'userpool/*')]),
    allow('ServerCertificates', 'iam GetServerCertificate', `arn:${ facts.partition }:iam::${ facts.accountId ?? '*' }:server-certificate/*`),
    allow('Firewalls', 'wafv2 GetWebACL GetWebACLForResource AssociateWebACL DisassociateWebACL, waf-regional GetWebACL GetWebACLForResource AssociateWebACL DisassociateWebACL, elasticloadbalancing SetWebAcl', [arn(facts, 'wafv2', 'regional/webacl/*'), arn(facts, 'waf-regional', 'webacl/*'), ...elb('loadbalancer/app/*/*')]),
    allow('Protections', 'shield DescribeProtection CreateProtection DeleteProtection', [`arn:${ facts.partition }:shield::${ facts.accountId ?? '*' }:protection/*`]),
    allow('Ingress', 'ec2 AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress', groups),
    allow('MakeGroup', 'ec2 CreateSecurityGroup', [groups, arn(facts, 'ec2', 'vpc/*')]),
    allow('TagNewGroup', 'ec2 CreateTags', groups, { StringEquals: { 'ec2:CreateAction': 'CreateSecurityGroup' }, Null: requested }),
    allow('TagGroup', 'ec2 CreateTags DeleteTags', groups, { Null: { [`aws:RequestTag/${ TAG }`]: 'true', ...owned } }),
    allow('DeleteGroup', 'ec2 DeleteSecurityGroup', groups, { Null: owned }),
    allow('Make', 'elasticloadbalancing CreateLoadBalancer CreateTargetGroup', [...balancers, ...targets], { Null: requested }),
    allow('Listen', 'elasticloadbalancing CreateListener DeleteListener CreateRule DeleteRule ModifyListener AddListenerCertificates RemoveListenerCertificates ModifyRule SetRulePriorities', [...balancers, ...listeners, ...rules]),
    allow('TagNew', 'elasticloadbalancing AddTags', [...targets, ...balancers], { StringEquals: { 'elasticloadbalancing:CreateAction': ['CreateTargetGroup', 'CreateLoadBalancer'] }, Null: requested }),
    allow('Tag', 'elasticloadbalancing AddTags RemoveTags', [...targets, ...balancers], { Null: { [`aws:RequestTag/${ TAG }`]: 'true', ...owned } }),
    allow('TagListeners', 'elasticloadbalancing AddTags RemoveTags', [...listeners, ...rules]),
    allow('Change', 'elasticloadbalancing ModifyLoadBalancerAttributes SetIpAddressType SetSecurityGroups SetSubnets DeleteLoadBalancer ModifyTargetGroup ModifyTargetGroupAttributes DeleteTargetGroup ModifyListenerAttributes ModifyCapacityReservation ModifyIpPools', [...balancers, ...targets, ...listeners], { Null: owned }),
    allow('Targets', 'elasticloadbalancing RegisterTargets DeregisterTargets', targets),
  );
}
