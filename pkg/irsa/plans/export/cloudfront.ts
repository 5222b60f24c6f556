import { providerTags, TAG, tagList } from '../../domain/aws/ownership';
import { DEFAULT_AUDIENCE } from '../../domain/aws/quotas';
import { CLOSED, DISCOVERY_KEY, issuerDocuments, JWKS_KEY, type IssuerBucket } from '../../domain/issuer/hosting';
import type { KeySet } from '../../domain/issuer/jwks';
import type { Value } from '../plan';
import { jsonText, ref } from '../value';
import { AWS_FUNCTIONS } from './cli';
import { attributes, block, hclString } from './hcl';
import type { PlanExport } from './index';
import { comment, jsonWord, quote } from './sh';
import { toYaml, type Plain } from './yaml';

/** What CloudFront has ready (Developer Guide, managed policies): keep nothing, so that a rotation is seen at once; let pages of others read. */
const [NO_CACHE, CORS] = ['4135ea2d-6df8-44a3-9df3-4b5a84be39ad', '60669652-455b-4ae9-85a4-c4c02393f86c'];
/** Stands in the documents for the host that only the distribution tells. */
const HOST = 'https://@HOST@';
const KEYS = [DISCOVERY_KEY, JWKS_KEY];

interface Hosted { cluster: { name: string }; bucket: IssuerBucket; keys: KeySet }

/**
 * An issuer where public buckets are forbidden: a private bucket that only a CloudFront distribution reads (origin access control). Rancher
 * forwards to no CloudFront, so this is to be taken away. Each can be used again, and each says at its end what the issuer is.
 */
export function cloudFrontExports(hosted: Hosted): PlanExport[] {
  return [
    { id: 'cli', files: [{ name: 'cloudfront.sh', text: script(hosted, made(hosted)) }] },
    { id: 'terraform', files: [{ name: 'main.tf', text: terraform(hosted) }] },
    {
      id:    'cloudformation',
      files: [{ name: 'template.yaml', text: template(hosted) }, {
        name: 'then.sh',
        text: script(hosted, [
          `host=$(aws cloudformation describe-stacks --region="$region" --stack-name "\${STACK:-irsa}" --query "Stacks[0].Outputs[?OutputKey=='Host'].OutputValue" --output text)`,
        ]),
      }],
    },
  ];
}

/** Whether an issuer is a distribution of CloudFront by its own name. */
export function isCloudFront(issuer: string): boolean {
  return /^https:\/\/[a-z0-9]+\.cloudfront\.net$/.test(issuer);
}

/** Puts documents where the distribution of an issuer reads, whoever made it: for a rotation, and when something has drifted. */
export function cloudFrontPublish(issuer: string, keys: KeySet): string {
  return [...begin(issuer), ...putLines(issuerDocuments(HOST, keys)), ''].join('\n');
}

/**
 * Takes distribution and bucket of an issuer away: after its provider, and only where our tags say that they were made for this cluster. Can be
 * run again; what Terraform or CloudFormation made is theirs to take away.
 */
export function cloudFrontRemoval(issuer: string, cluster: { name: string }): string {
  const owner = quote(providerTags(cluster)[TAG.cluster] ?? '');
  const tag = `[?Key==\`${ TAG.cluster }\`].Value`;
  const other = 'was not made for this cluster';

  return [
    ...begin(issuer),
    '[ -z "$(provider_arn "$host")" ] || stop \'delete the IAM provider first: no token is believed then while the keys go\'',
    `[ "$(aws cloudfront list-tags-for-resource --resource "$(found ARN)" --query ${ quote(`Tags.Items${ tag }`) } --output text)" = ${ owner } ] || stop "the distribution $id ${ other }"`,
    'if aws s3api head-bucket --region="$region" --bucket="$bucket" >/dev/null 2>&1; then',
    `  [ "$(aws s3api get-bucket-tagging --region="$region" --bucket="$bucket" --query ${ quote(`TagSet${ tag }`) } --output text)" = ${ owner } ] || stop "the bucket $bucket ${ other }"`,
    ...KEYS.map((key) => `  aws s3api delete-object --region="$region" --bucket="$bucket" --key=${ quote(key) } >/dev/null`),
    '  aws s3api delete-bucket --region="$region" --bucket="$bucket"', 'fi',
    'control=$(found "Origins.Items[0].OriginAccessControlId")', 'config=$(mktemp)',
    // Four blanks: its own switch, and none of what is inside.
    'aws cloudfront get-distribution-config --id "$id" --query DistributionConfig --output json | sed \'s/^    "Enabled": true/    "Enabled": false/\' > "$config"',
    'tag() { aws cloudfront "get-$1" --id "$2" --query ETag --output text; }',
    'aws cloudfront update-distribution --id "$id" --if-match "$(tag distribution "$id")" --distribution-config "file://$config" >/dev/null', 'rm -f "$config"',
    'aws cloudfront wait distribution-deployed --id "$id"',
    'aws cloudfront delete-distribution --id "$id" --if-match "$(tag distribution "$id")"',
    'aws cloudfront delete-origin-access-control --id "$control" --if-match "$(tag origin-access-control "$control")"', '',
  ].join('\n');
}

const HEAD = ['set -eu', 'export AWS_PAGER=\'\'', 'stop() { printf \'%s\\n\' "$1" >&2; exit 1; }', 'command -v aws >/dev/null || stop \'aws is not installed\'', AWS_FUNCTIONS];

/** Lines that find a distribution by its host, and the bucket that it reads. */
function begin(issuer: string): string[] {
  return [
    '#!/bin/sh', comment(issuer), ...HEAD, `host=${ quote(issuer.slice('https://'.length)) }`,
    'found() { aws cloudfront list-distributions --query "DistributionList.Items[?DomainName==\'$host\'].$1 | [0]" --output text; }',
    'id=$(found Id)', '[ "$id" != None ] || stop "no distribution of this account is $host"',
    'origin=$(found "Origins.Items[0].DomainName")', `bucket=\${origin%%.s3.*}`, `region=\${origin#*.s3.}`, `region=\${region%%.*}`,
  ];
}

function putLines(documents: { key: string; body: string }[]): string[] {
  return [
    'put() {', '  body=$(mktemp)', '  printf \'%s\' "$2" | sed "s|@HOST@|$host|g" > "$body"', '  aws s3api put-object --region="$region" --bucket="$bucket" --key="$1" --content-type=application/json --body "$body" >/dev/null', '  rm -f "$body"', '}',
    // The keys first: a discovery document that names what is not there yet helps nobody.
    ...[...documents].reverse().map(({ key, body }) => `put ${ quote(key) } ${ quote(body) }`),
  ];
}

/** Lines that set `host`, the documents and the provider. */
function script({ cluster, bucket: { name, region }, keys }: Hosted, first: string[]): string {
  const input = jsonWord({ Url: ref('issuer', 'url'), ClientIDList: [DEFAULT_AUDIENCE], Tags: tagList(providerTags(cluster)) }, 'provider');

  return [
    '#!/bin/sh', comment(`The issuer of ${ cluster.name }, from a private bucket behind CloudFront`), ...HEAD, `bucket=${ quote(name) }`, `region=${ quote(region) }`, ...first,
    'case $host in *.*) ;; *) stop "no host: $host" ;; esac', 'issuer_url=https://$host',
    ...putLines(issuerDocuments(HOST, keys)),
    'arn=$(provider_arn "$host")', '[ -n "$arn" ] ||', `  aws iam create-open-id-connect-provider --cli-input-json ${ input.word } >/dev/null`,
    'printf \'The issuer: %s\\n\' "$issuer_url"', '',
  ].join('\n');
}

function made({ cluster, bucket: { name, region } }: Hosted): string[] {
  const Tags = tagList(providerTags(cluster));
  const word = (value: Value, variable: string): [string[], string] => {
    const { before, word } = jsonWord(value, variable);

    return [before, word];
  };
  const [, bucket] = word({ Bucket: name, CreateBucketConfiguration: { ...(region === 'us-east-1' ? {} : { LocationConstraint: region }), Tags } }, 'made');
  const [, control] = word({ Name: name, SigningProtocol: 'sigv4', SigningBehavior: 'always', OriginAccessControlOriginType: 's3' }, 'control');
  const [, distribution] = word({
    DistributionConfig: {
      CallerReference: name, Comment: name, Enabled: true,
      Origins:              { Quantity: 1, Items: [{ Id: 'issuer', DomainName: `${ name }.s3.${ region }.amazonaws.com`, S3OriginConfig: { OriginAccessIdentity: '' }, OriginAccessControlId: ref('control', 'id') }] },
      DefaultCacheBehavior: { TargetOriginId: 'issuer', ViewerProtocolPolicy: 'https-only', CachePolicyId: NO_CACHE, ResponseHeadersPolicyId: CORS },
    },
    Tags: { Items: Tags },
  }, 'distribution');
  const [before, policy] = word({ Bucket: name, Policy: jsonText(readable(name, ref('distribution', 'arn'))) }, 'policy');

  return [
    `if ! aws s3api head-bucket --region="$region" --bucket="$bucket" 2>/dev/null; then aws s3api create-bucket --region="$region" --cli-input-json ${ bucket } >/dev/null; fi`,
    `owner=$(aws s3api get-bucket-tagging --region="$region" --bucket="$bucket" --query ${ quote(`TagSet[?Key==\`${ TAG.cluster }\`].Value`) } --output text)`,
    `[ "$owner" = ${ quote(providerTags(cluster)[TAG.cluster] ?? '') } ] || stop ${ quote(`the bucket ${ name } exists and was not made for this cluster`) }`,
    `aws s3api put-public-access-block --region="$region" --cli-input-json ${ word({ Bucket: name, PublicAccessBlockConfiguration: CLOSED }, 'closed')[1] } >/dev/null`,
    'control_id=$(aws cloudfront list-origin-access-controls --query "OriginAccessControlList.Items[?Name==\'$bucket\'].Id | [0]" --output text)',
    `[ "$control_id" != None ] || control_id=$(aws cloudfront create-origin-access-control --origin-access-control-config ${ control } --query OriginAccessControl.Id --output text)`,
    'found() { aws cloudfront list-distributions --query "DistributionList.Items[?Comment==\'$bucket\'].$1 | [0]" --output text; }',
    `[ "$(found Id)" != None ] || aws cloudfront create-distribution-with-tags --distribution-config-with-tags ${ distribution } >/dev/null`,
    'distribution_arn=$(found ARN)', 'host=$(found DomainName)', ...before,
    `aws s3api put-bucket-policy --region="$region" --cli-input-json ${ policy } >/dev/null`,
    'aws cloudfront wait distribution-deployed --id "$(found Id)"',
  ];
}

/** A policy that is not public: only this distribution reads, and only the two documents. */
function readable<T extends Value | Plain>(bucket: string, distribution: T) {
  return {
    Version:   '2012-10-17',
    Statement: [{
      Sid: 'RancherIrsaIssuer', Effect: 'Allow', Principal: { Service: 'cloudfront.amazonaws.com' }, Action: 's3:GetObject', Resource: KEYS.map((key) => `arn:aws:s3:::${ bucket }/${ key }`),
      Condition: { StringEquals: { 'AWS:SourceArn': distribution } },
    }],
  };
}

function template({ cluster, bucket: { name, region } }: Hosted): string {
  const Tags = tagList(providerTags(cluster));
  const resources: { [name: string]: Plain } = {
    Bucket:  { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain', Properties: { BucketName: name, PublicAccessBlockConfiguration: CLOSED, Tags } },
    Control: { Type: 'AWS::CloudFront::OriginAccessControl', Properties: { OriginAccessControlConfig: { Name: name, SigningProtocol: 'sigv4', SigningBehavior: 'always', OriginAccessControlOriginType: 's3' } } },
    Distribution: {
      Type:       'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          Comment: name, Enabled: true,
          Origins:              [{ Id: 'issuer', DomainName: { 'Fn::GetAtt': ['Bucket', 'RegionalDomainName'] }, S3OriginConfig: { OriginAccessIdentity: '' }, OriginAccessControlId: { 'Fn::GetAtt': ['Control', 'Id'] } }],
          DefaultCacheBehavior: { TargetOriginId: 'issuer', ViewerProtocolPolicy: 'https-only', CachePolicyId: NO_CACHE, ResponseHeadersPolicyId: CORS },
        },
        Tags,
      },
    },
    Policy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: readable<Plain>(name, { 'Fn::Sub': `arn:aws:cloudfront::\${AWS::AccountId}:distribution/\${Distribution}` }) } },
  };

  return `${ comment(`aws cloudformation deploy --template-file template.yaml --stack-name irsa --region=${ region }`) }\n${ toYaml({ AWSTemplateFormatVersion: '2010-09-09', Resources: resources, Outputs: { Host: { Value: { 'Fn::GetAtt': ['Distribution', 'DomainName'] } } } }) }\n`;
}

function terraform({ cluster, bucket: { name, region }, keys }: Hosted): string {
  const tags = `{ ${ Object.entries(providerTags(cluster)).map(([key, value]) => `${ hclString(key) } = ${ hclString(value) }`).join(', ') } }`;
  const made = (type: string, lines: string[], label = 'issuer') => block(`resource "aws_${ type }" "${ label }"`, ...lines);
  const inside = (head: string, values: Record<string, string>) => [`  ${ head } {`, ...attributes(values).map((line) => `  ${ line }`), '  }'];
  const bucket = 'aws_s3_bucket.issuer.bucket';
  const issuer = `"https://\${aws_cloudfront_distribution.issuer.domain_name}"`;
  const at = { region: hclString(region) };
  const policy = hclString(JSON.stringify(readable(name, '@ARN@')));

  return [
    block('terraform', '  required_version = ">= 1.5"', '  required_providers {', '    aws = { source = "hashicorp/aws", version = ">= 6.0" }', '  }'),
    made('s3_bucket', attributes({ ...at, bucket: hclString(name), tags })),
    made('s3_bucket_public_access_block', attributes({ ...at, bucket, block_public_acls: 'true', ignore_public_acls: 'true', block_public_policy: 'true', restrict_public_buckets: 'true' })),
    made('cloudfront_origin_access_control', attributes({ name: hclString(name), origin_access_control_origin_type: '"s3"', signing_behavior: '"always"', signing_protocol: '"sigv4"' })),
    made('cloudfront_distribution', [
      ...attributes({ enabled: 'true', comment: hclString(name), tags }),
      ...inside('origin', { origin_id: '"issuer"', domain_name: 'aws_s3_bucket.issuer.bucket_regional_domain_name', origin_access_control_id: 'aws_cloudfront_origin_access_control.issuer.id' }),
      ...inside('default_cache_behavior', {
        target_origin_id: '"issuer"', viewer_protocol_policy: '"https-only"', allowed_methods: '["GET", "HEAD"]', cached_methods: '["GET", "HEAD"]', cache_policy_id: hclString(NO_CACHE!), response_headers_policy_id: hclString(CORS!),
      }),
      '  restrictions {', '    geo_restriction {', '      restriction_type = "none"', '    }', '  }',
      ...inside('viewer_certificate', { cloudfront_default_certificate: 'true' }),
    ]),
    made('s3_bucket_policy', attributes({ ...at, bucket, policy: `replace(${ policy }, "@ARN@", aws_cloudfront_distribution.issuer.arn)` })),
    ...issuerDocuments(HOST, keys).map(({ key, body }) => made('s3_object', attributes({ ...at, bucket, key: hclString(key), content_type: '"application/json"', content: `replace(${ hclString(body) }, "@HOST@", aws_cloudfront_distribution.issuer.domain_name)` }), key === JWKS_KEY ? 'keys' : 'discovery')),
    made('iam_openid_connect_provider', attributes({ url: issuer, client_id_list: `[${ hclString(DEFAULT_AUDIENCE) }]`, tags, depends_on: '[aws_s3_bucket_policy.issuer, aws_s3_object.keys, aws_s3_object.discovery]' })),
    block('output "issuer"', ...attributes({ value: issuer })),
  ].join('\n\n').concat('\n');
}
