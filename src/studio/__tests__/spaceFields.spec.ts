import {
  allowedTypes,
  createRequest,
  freeName,
  imageValue,
  isComplete,
  type ISpaceFields,
  NO_LIFECYCLE,
  updateRequest
} from '../spaceFields';

const FIELDS: ISpaceFields = {
  space_name: 'lab',
  owner: 'me',
  instance_type: 'ml.t3.medium',
  image: 'arn:aws:sagemaker:us-east-1:1:image/own 4.4.1',
  ebs_gb: '20',
  lifecycle_config_arn: 'arn:aws:sagemaker:us-east-1:1:studio-lifecycle-config/one',
  idle_minutes: '60'
};
const PLACE = { domain_id: 'd-1', space_name: 'lab' };

describe('a new space', () => {
  it('leaves to profile and domain what is not filled in', () => {
    const empty = { ...FIELDS, image: '', ebs_gb: '', lifecycle_config_arn: '', idle_minutes: '' };
    expect(createRequest('d-1', empty)).toMatchObject({
      domain_id: 'd-1',
      owner_user_profile_name: 'me',
      instance_type: 'ml.t3.medium',
      ebs_volume_size_in_gb: null,
      sagemaker_image_arn: null,
      sagemaker_image_version_alias: null,
      lifecycle_config_arn: null,
      idle_timeout_in_minutes: null
    });
  });

  it('names the image and its version apart', () => {
    expect(createRequest('d-1', FIELDS)).toMatchObject({
      sagemaker_image_arn: 'arn:aws:sagemaker:us-east-1:1:image/own',
      sagemaker_image_version_alias: '4.4.1',
      ebs_volume_size_in_gb: 20
    });
    expect(imageValue('arn', null)).toBe('arn');
  });

  it.each([
    [{ space_name: '-lab' }],
    [{ space_name: '' }],
    [{ owner: '' }],
    [{ instance_type: 't3.medium' }],
    [{ ebs_gb: '4' }],
    [{ ebs_gb: '1e3' }],
    [{ idle_minutes: '59' }]
  ])('is not asked about with %j', wrong => {
    expect(isComplete({ ...FIELDS, ...wrong })).toBe(false);
    expect(isComplete(FIELDS)).toBe(true);
  });

  it('gets a name that is free', () => {
    expect(freeName([])).toBe('lab');
    expect(freeName(['lab', 'lab-2'])).toBe('lab-3');
  });
});

describe('a change', () => {
  it('asks for what differs, and for nothing else', () => {
    expect(updateRequest(PLACE, FIELDS, { ...FIELDS, ebs_gb: '40' })).toEqual({
      ...PLACE,
      space_display_name: null,
      instance_type: null,
      ebs_volume_size_in_gb: 40,
      sagemaker_image_arn: null,
      sagemaker_image_version_alias: null,
      lifecycle_config_arn: null,
      idle_timeout_in_minutes: null
    });
  });

  it('detaches a lifecycle configuration by a word', () => {
    const after = { ...FIELDS, lifecycle_config_arn: '' };
    expect(updateRequest(PLACE, FIELDS, after).lifecycle_config_arn).toBe(NO_LIFECYCLE);
  });
});

describe('instance types of an administrator', () => {
  const types = ['ml.t3.medium', 'ml.t3.large', 'ml.g5.xlarge'];

  it.each([
    [[], types],
    [['ml.t3.*'], ['ml.t3.medium', 'ml.t3.large']],
    [['ml.g?.xlarge'], ['ml.g5.xlarge']],
    [['mlXt3*'], []]
  ])('%j', (patterns, allowed) => {
    expect(allowedTypes(types, patterns)).toEqual(allowed);
  });
});
