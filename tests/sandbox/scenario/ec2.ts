import { AwsError } from '../aws/errors.ts';
import { partitionOf } from '../aws/hosts.ts';
import { verifySignature } from '../aws/signature.ts';
import type { AwsRequest, HttpAnswer, Internet } from '../contracts.ts';
import { REGION } from './scenario.ts';

/** Where the dashboard's own forms ask EC2. */
const HOST = /^ec2\.([a-z0-9-]+)\.(?:amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/;
const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';

/** What Rancher's forms for cloud credentials and machine pools ask, as little as they need. */
const ANSWERS: Record<string, string> = {
  DescribeRegions:           `<regionInfo><item><regionName>${ REGION }</regionName><regionEndpoint>ec2.${ REGION }.amazonaws.com</regionEndpoint></item></regionInfo>`,
  DescribeAvailabilityZones: `<availabilityZoneInfo>${ ['a', 'b', 'c'].map((zone) => `<item><zoneName>${ REGION }${ zone }</zoneName><zoneState>available</zoneState><regionName>${ REGION }</regionName></item>`).join('') }</availabilityZoneInfo>`,
  DescribeVpcs:              '<vpcSet><item><vpcId>vpc-0a1b2c3d</vpcId><cidrBlock>10.0.0.0/16</cidrBlock><isDefault>true</isDefault></item></vpcSet>',
  DescribeSubnets:           `<subnetSet><item><subnetId>subnet-0a1b2c3d</subnetId><vpcId>vpc-0a1b2c3d</vpcId><availabilityZone>${ REGION }a</availabilityZone><cidrBlock>10.0.1.0/24</cidrBlock></item></subnetSet>`,
  DescribeSecurityGroups:    '<securityGroupInfo><item><groupId>sg-0a1b2c3d</groupId><groupName>default</groupName><vpcId>vpc-0a1b2c3d</vpcId></item></securityGroupInfo>',
  DescribeInstanceTypes:     '<instanceTypeSet><item><instanceType>t3.large</instanceType><currentGeneration>true</currentGeneration><vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo><memoryInfo><sizeInMiB>8192</sizeInMiB></memoryInfo></item></instanceTypeSet>',
  DescribeKeyPairs:          '<keySet/>',
};

function xml(status: number, body: string): HttpAnswer {
  return { status, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body: `<?xml version="1.0" encoding="UTF-8"?>\n${ body }` };
}

function answer(request: AwsRequest, region: string, secretOf: (keyId: string) => string | undefined): HttpAnswer {
  try {
    verifySignature(request, { service: 'ec2', regions: [region] }, secretOf, Date.now());
    const action = new URLSearchParams(request.method === 'POST' ? request.body.toString() : request.url.split('?')[1]).get('Action') ?? '';
    const content = ANSWERS[action];

    if (content === undefined) {
      throw new AwsError(400, 'InvalidAction', `The action ${ action } is not valid for this web service.`);
    }

    return xml(200, `<${ action }Response xmlns="${ NAMESPACE }"><requestId>sandbox</requestId>${ content }</${ action }Response>`);
  } catch (error) {
    if (!(error instanceof AwsError)) {
      throw error;
    }
    // EC2 has a word of its own for keys it does not take (API Reference, «Error codes»).
    const code = error.status === 403 ? 'AuthFailure' : error.code;

    return xml(error.status === 403 ? 401 : error.status, `<Response><Errors><Error><Code>${ code }</Code><Message>${ error.message }</Message></Error></Errors><RequestID>sandbox</RequestID></Response>`);
  }
}

/** The internet with the bit of EC2 that Rancher's own forms need; it checks signatures like the rest. */
export function withEc2(internet: Internet, secretOf: (keyId: string) => string | undefined): Internet {
  return {
    send: (request) => {
      const region = HOST.exec(request.host)?.[1];

      return region !== undefined && partitionOf(region) ? Promise.resolve(answer(request, region, secretOf)) : internet.send(request);
    }
  };
}
