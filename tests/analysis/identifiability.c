/* Variances and indistinct parameters of matrices whose answer is known. */
#include "analysis/identifiability.h"

#include <criterion/criterion.h>

static struct identifiability known(const double *values, size_t rows, size_t columns) {
    gsl_matrix_const_view view = gsl_matrix_const_view_array(values, rows, columns);
    struct identifiability result;
    struct diag diag = {""};
    cr_assert_eq(identifiability_of(&view.matrix, &result, &diag), IOP_OK, "%s", diag.message);
    return result;
}

/* (J^T J)^-1 of [1 0; 1 1; 0 2] is [5 -1; -1 2] / 9. */
Test(identifiability, variances_are_those_of_the_normal_equations) {
    struct identifiability result = known((double[]){1, 0, 1, 1, 0, 2}, 3, 2);
    cr_expect_float_eq(result.variance[0], 5.0 / 9, 1e-12);
    cr_expect_float_eq(result.variance[1], 2.0 / 9, 1e-12);
    cr_expect(result.rank == 2 && result.group_count == 0 && result.group[0] == -1);
    identifiability_free(&result);
}

/* Columns that are multiples of each other, whatever their lengths, beside one that is not. */
Test(identifiability, proportional_columns_are_one_group) {
    struct identifiability result = known((double[]){1, 0, 100, 2, 1, 200.1, 3, 0, 300}, 3, 3);
    cr_expect(result.rank == 2 && result.group_count == 1);
    cr_expect(result.group[0] == 0 && result.group[1] == -1 && result.group[2] == 0);
    cr_expect_float_eq(result.variance[1], 1.4, 0.01); /* 1 / (1 - 2^2 / 14), the part beside (1, 2, 3) */
    identifiability_free(&result);
}

/* Two pairs are two groups, though a decomposition may mix their directions; a sum of three is one. */
Test(identifiability, groups_do_not_depend_on_the_basis) {
    struct identifiability pairs = known((double[]){1, 1, 0, 0, 2, 2, 0, 0, 0, 0, 1, 1, 0, 0, 2, 2}, 4, 4);
    cr_expect(pairs.rank == 2 && pairs.group_count == 2);
    cr_expect(pairs.group[0] == pairs.group[1] && pairs.group[2] == pairs.group[3] && pairs.group[0] != pairs.group[2]);
    identifiability_free(&pairs);
    struct identifiability sum = known((double[]){1, 1, 1, 2, 2, 2, 1, 1, 1}, 3, 3);
    cr_expect(sum.rank == 1 && sum.group_count == 1);
    identifiability_free(&sum);
}
