import { testFaults } from './fault-matrix';

testFaults(2);
