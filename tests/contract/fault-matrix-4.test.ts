import { testFaults } from './fault-matrix';

testFaults(3);
