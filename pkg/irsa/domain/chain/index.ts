export { assessBinding, type BindingAssessment } from './binding';
export { assessCluster } from './cluster';
export { rightName } from './findings';
export { refusals, type Refusal } from './refusals';
